"""The staff's pages: views, forms, templates. No rules of their own."""
