"""What `python -m kairos_events` can do, a module each: `add` declares it, `run` does it."""
