// Stands for the package string-width in the bundle: its tables of regular expressions cost 20 ms at every start. It is CommonJS because
// cli-table3 requires it as a function while yargs imports its default.
const { displayWidth } = require("../../../src/render/display-width.ts");

module.exports = displayWidth;
module.exports.default = displayWidth;
