"""The coverage view: files with their numbers, a file line by line, the tests of a line, the lines of a difference.

| module | is |
|---|---|
| `front` | what the screens ask of the engine |
| `figures`, `columns`, `files` | numbers in words, the columns of the table, its rows; no Textual |
| `gutter`, `functions` | how lines look, where they are worth a look, which function they are in; no Textual |
| `file_table`, `source_list`, `test_list`, `place_list`, `words_line` | the widgets |
| `view` | what all screens of the view have in common; `room` what they share |
| `report_screen`, `file_screen`, `share_screen`, `diff_screen`, `exporting` | the screens |

No import here: the first frame needs none of it.
"""
