"""Everything that talks to an LMS: one gateway, the Advantage services, Canvas's and Moodle's REST sides."""
