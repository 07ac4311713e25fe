"""The coverage view: files with their numbers, a file line by line, the tests of a line, the lines of a difference.

| module | is |
|---|---|
| `front` | what the screens ask of the engine |
| `figures`, `heads`, `columns`, `files`, `rows` | numbers in words, first lines, tables and their rows; no Textual |
| `gutter`, `functions` | how lines look, where they are worth a look, which function they are in; no Textual |
| `listing` | what the lists have in common: `file_table`, `source_list`, `rows_list`; `words_line` is a line of words |
| `room` | what the screens share, and what outlasts them |
| `view` | what the screens have in common: `report_screen`, `file_screen`, `share_screen`, `changes_screen` |
| `screens` | makes them: they do not import each other |
| `keys`, `declared`, `exporting` | the keys, all of them for help, and reports as files |

No import here: the first frame needs none of it.
"""
