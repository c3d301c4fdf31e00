"""For partners: what Kairos tells, a feed with every trap of the bus, and a verdict. Offline."""
