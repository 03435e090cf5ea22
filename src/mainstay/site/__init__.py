"""The readers' pages: views, forms, templates. No rules of their own."""
