//! Chain ids: the name of a stack of layers, which is the key of its snapshot.

use sha2::{Digest, Sha256};

/// The chain id of these layers, the base first; empty without layers.
pub fn chain_id(diff_ids: &[String]) -> String {
    let over = |chain: String, layer: &String| match chain.as_str() {
        "" => layer.clone(),
        below => format!("sha256:{}", hex(&Sha256::digest(format!("{below} {layer}")))),
    };
    diff_ids.iter().fold(String::new(), over)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_layer_is_its_own_chain_and_none_is_no_chain() {
        assert_eq!(chain_id(&[]), "");
        assert_eq!(chain_id(&["sha256:aa".into()]), "sha256:aa");
    }

    #[test]
    fn each_layer_is_hashed_over_the_chain_below() {
        let layers = ["sha256:aa".to_owned(), "sha256:bb".to_owned(), "sha256:cc".to_owned()];
        let two = format!("sha256:{}", hex(&Sha256::digest("sha256:aa sha256:bb")));
        let three = format!("sha256:{}", hex(&Sha256::digest(format!("{two} sha256:cc"))));
        assert_eq!((chain_id(&layers[..2]), chain_id(&layers)), (two, three));
    }
}
