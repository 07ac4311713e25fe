"""The front end without a screen: lines for people, JSON for programs, on the same engine."""
