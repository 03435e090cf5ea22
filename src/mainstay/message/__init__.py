"""What is asked under the article: campaigns, variants, epochs, the manifest, and the script."""
