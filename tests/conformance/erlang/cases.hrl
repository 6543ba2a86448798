%% A case whose name is its expression.
-define(C(Expression), {??Expression, fun() -> Expression end}).
%% As C, for what the runtime system does from a release on.
-define(SINCE(Release, Expression), {Release, ??Expression, fun() -> Expression end}).
