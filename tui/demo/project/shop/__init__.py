"""A corner shop: what is for sale, who buys it, and what is left on the shelf."""
