"""The Far Shore's own small news site, on another origin than Mainstay.

It stands for any newsroom's site: plain pages, a strict content policy, one script tag and one element under
each article. It knows Mainstay by its address alone and imports nothing of it.
"""
