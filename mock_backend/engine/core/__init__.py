"""Process graphs computed: what comes out of them, and its values."""
