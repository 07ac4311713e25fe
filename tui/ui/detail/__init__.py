"""What the detail pane can show of a node: documents of lines, built without painting anything."""
