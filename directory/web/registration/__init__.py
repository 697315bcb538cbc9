"""Pages of registration: open to anyone, to holders of a link, and to editors with an account."""
