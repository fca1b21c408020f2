/** A value as kubectl prints JSON, with the line's end. */
export const renderJson = (value: unknown): string => `${JSON.stringify(value, undefined, 4)}\n`;
