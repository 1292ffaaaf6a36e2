"""Long Chinese government reports into structured, bilingual briefs in which every number is proven."""
