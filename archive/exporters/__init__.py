"""Writers: the archive's own JSON Lines, and what they have in common with what else tells of articles."""
