"""The same month of choices in other ways: objects, arrays and C, for `speed` to hold the kernel against."""
