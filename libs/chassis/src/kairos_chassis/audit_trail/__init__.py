"""The audit trail, sealed: whoever edits, deletes, inserts, swaps or cuts is found out.

A worker takes committed entries in the order of their ids, hashes each, and writes checkpoints: a
Merkle root over the entries, chained to the checkpoint before. The chain is only as good as a copy
of its head that the database cannot reach, so each checkpoint is also told to an anchor outside.
"""
