"""校准: before the first panel an expert scores a made-up case, and then reads where others came to another mark."""
