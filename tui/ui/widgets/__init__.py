"""The widgets of the explorer. They know values of the model, post messages, and never change a result.

| module | is |
|---|---|
| `tree` | `TestTree`, the tree of tests |
| `outline`, `row` | which nodes it shows, and how one row looks; no Textual |
| `bar` | `Bar`, the first line: the verdict in colour, counts, progress |
| `footer` | `Footer`, the keys that work now, or a few words |
| `filter_line` | `FilterLine`, the input that takes the footer's place |
| `visible` | text of strangers, made safe and cut to cells; durations |

No import here: the first frame needs only some of them.
"""
