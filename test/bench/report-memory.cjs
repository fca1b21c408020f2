// Loaded into a measured program: leaves its peak resident memory, in KiB, in a file.
const { writeFileSync } = require("node:fs");
process.on("exit", () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));
