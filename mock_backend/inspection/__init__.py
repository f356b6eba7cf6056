"""Inspection of jobs and requests: process graphs up to node ids, selection, manners of clients."""
