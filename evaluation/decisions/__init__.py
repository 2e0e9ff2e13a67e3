"""报告, 决定, 公布, 申诉: what follows from a result."""
