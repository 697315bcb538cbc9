"""The interface of the Human Services Data Specification 3.1 (Open Referral): reading alone, open to all."""
