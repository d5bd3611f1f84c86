"""Authorization and authentication policies as filters."""
