"""What has happened, and where does it stand?"""
