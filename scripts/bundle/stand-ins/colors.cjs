// Stands for @colors/colors in cli-table3, which asks it for the colours of borders and heads. Ours have none.
module.exports = {};
