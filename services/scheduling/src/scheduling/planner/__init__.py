"""The solver that places the visits of a course: OR-Tools CP-SAT behind plain domain types."""
