"""One partition = one task: state, deadlines, time and a transactional writer, behind the ports of `ports`."""
