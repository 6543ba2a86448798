//! The guest's and the host's table of calls are the same.

#[test]
fn guest_and_host_number_the_same_functions() {
    let guest = beam::natives::hosted::HOSTED;
    let host = sandbox_runtime::calls::FUNCTIONS;
    assert_eq!(guest.len(), host.len());
    for (number, (guest, (module, function, arity, _))) in guest.iter().zip(host).enumerate() {
        assert_eq!(*guest, (*module, *function, *arity), "function {number}");
    }
}
