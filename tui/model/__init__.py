"""What Redbar knows: events, the tree with its results, filters and verdicts. Pure values, standard library only."""
