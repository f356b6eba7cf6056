"""Questions that a test asks afterwards: process graphs up to node ids, requests, good manners."""
