"""What every Kairos service stands on: transactions, outbox, consumer, edge, identity, audit."""
