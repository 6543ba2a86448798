%% Files that are opened with `delayed_write`, in place of OTP's own, whose writers share a buffer of the runtime system with
%% another process. Files of a sandbox lie in memory, so nothing is gained by waiting: what is written is there at once.
-module(raw_file_io_delayed).
-export([open_layer/3]).

open_layer(Name, Modes, _Delay) ->
    raw_file_io:open(Name, Modes).
