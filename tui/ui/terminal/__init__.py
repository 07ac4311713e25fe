"""Everything between Textual and the real terminal that Textual leaves to the application.

| module | is |
|---|---|
| `placeholder` | the first line on the screen, before Textual is imported |
| `colour` | what has to be known about the terminal before the app is made; no Textual either |
| `app` | `TerminalApp`, which puts all the rest together |
| `diff`, `cells`, `frame` | a compositor that sends only the cells that changed |
| `pacing` | flow control: never more bytes under way than the line can take |
| `driver`, `signals` | job control, and a terminal that is restored whatever ends the process |
| `lend` | giving the terminal to an editor, a pager or a debugger |
| `ascii`, `colourless` | line filters: no glyph beyond ASCII, no colour at all |
| `clipboard` | copying, over SSH and inside tmux |
| `internals` | the private names of Textual that this package leans on, in one list |

No import here: see `tui.ui`.
"""
