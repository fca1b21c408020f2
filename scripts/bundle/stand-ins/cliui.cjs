// Stands for cliui, by which yargs lays out a help page after every command. Ours are drawn by src/cli/help.ts, so nobody ever sees it.
const page = { div() {}, span() {}, resetOutput() {}, toString: () => "" };

module.exports = () => page;
module.exports.default = module.exports;
