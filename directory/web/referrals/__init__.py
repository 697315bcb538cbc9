"""Pages of referrals: sending one, and the answer behind a link."""
