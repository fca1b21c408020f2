export type Shell = "bash" | "zsh" | "fish";

const bash = (name: string, id: string): string => `# bash completion for ${name}: source <(${name} completion bash)
__${id}_complete() {
  local out directive line cur=\${COMP_WORDS[COMP_CWORD]}
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local prev cword
    _get_comp_words_by_ref -n "=:" cur prev words cword
    words=("\${words[@]:1:cword}")
  fi
  out=$("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null) || return
  directive=\${out##*:}
  COMPREPLY=()
  while IFS='' read -r line; do
    [[ $line == :* || -z $line ]] && continue
    COMPREPLY+=("\${line%%$'\\t'*}")
  done <<<"$out"
  (( directive & 2 )) && compopt -o nospace 2>/dev/null
  (( directive & 4 )) && compopt +o default 2>/dev/null
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
  return 0
}
complete -o default -F __${id}_complete ${name}
`;

const zsh = (name: string, id: string): string => `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)
__${id}_complete() {
  local out line directive
  local -a candidates
  out=$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return
  directive=\${out##*:}
  for line in "\${(@f)out}"; do
    [[ $line == :* || -z $line ]] && continue
    line=\${line//:/\\\\:}
    candidates+=("\${line/$'\\t'/:}")
  done
  if (( \${#candidates} )); then
    if (( directive & 2 )); then _describe values candidates -S ''; else _describe values candidates; fi
  elif (( !(directive & 4) )); then
    _files
  fi
}
compdef __${id}_complete ${name}
`;

const fish = (name: string, id: string): string => `# fish completion for ${name}: ${name} completion fish | source
function __${id}_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete $words[2..-1] 2>/dev/null | string match -v -r '^:\\d+$'
end
complete -c ${name} -f -a '(__${id}_complete)'
`;

/** A script that completes `name` when it is called without kubectl. */
export function completionScript(shell: Shell, name: string): string {
  const id = name.replaceAll("-", "_");
  return { bash, zsh, fish }[shell](name, id);
}
