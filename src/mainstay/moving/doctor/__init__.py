"""The last look over a newsroom before it takes real money: what is right, and what to do next where it is not."""
