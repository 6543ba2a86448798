%% A forged module: it jumps backwards, which compilers never do outside of a receive, so no reduction is ever counted.
{module, endless}.
{exports, [{run, 0}]}.
{attributes, []}.
{labels, 4}.

{function, run, 0, 2}.
  {label, 1}.
    {func_info, {atom, endless}, {atom, run}, 0}.
  {label, 2}.
    {move, {integer, 1}, {x, 0}}.
  {label, 3}.
    {move, {x, 0}, {x, 1}}.
    {jump, {f, 3}}.
