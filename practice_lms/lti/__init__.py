"""The platform side of LTI 1.3 Advantage: what both flavours share, and the addresses that the LMS's own pages use."""
