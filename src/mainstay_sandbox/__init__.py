"""The sandbox: a stand-in payment company that behaves like a real one over HTTP.

It has its own server, its own SQLite file and its own words, and imports nothing of mainstay, so that
everything the program knows about it goes over the wire, as with any payment company.
"""
