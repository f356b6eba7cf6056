"""Fixtures and options that all tests share; the plugin itself comes in through its entry point."""

pytest_plugins = ["pytester", "openeo_contract.plugin"]
