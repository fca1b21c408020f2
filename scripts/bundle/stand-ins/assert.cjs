// Stands for node's assert in yargs, which asks it for two comparisons of its own arguments; loading it costs 2 ms at every start.
const check = (holds, message) => {
  if (!holds) throw new Error(message);
};

exports.notStrictEqual = (a, b, message) => check(a !== b, message);
exports.strictEqual = (a, b, message) => check(a === b, message);
