"""The sandbox processor: speaks to the practice payment company over HTTP. No money moves."""
