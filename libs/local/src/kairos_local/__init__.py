"""PostgreSQL and a Kafka broker on one machine, for the embedded profile and the tests."""
