"""What routes take and answer, a module per resource."""
