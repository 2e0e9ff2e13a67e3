"""评价申请: written by the officer and the enterprise, handed in to a body, reviewed in form."""
