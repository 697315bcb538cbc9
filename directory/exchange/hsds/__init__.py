"""Records in the terms of the Human Services Data Specification 3.1 (Open Referral), and what it has no field for."""
