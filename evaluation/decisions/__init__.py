"""评价报告、评价决定、公布、申诉: what follows once a panel has agreed."""
