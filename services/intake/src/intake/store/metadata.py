"""What the tables of this service are declared on."""

from sqlalchemy import DateTime, MetaData

metadata = MetaData()

INSTANT = DateTime(timezone=True)
