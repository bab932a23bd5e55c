//! The handlers of the operations on products.

use generated::latest::{
    GetProductError, GetProductRequest, GetProductResponse, ListProductsError, ListProductsRequest,
    ListProductsResponse, NotFound, Products,
};
use writ_platform::cursor::filter_hash;
use writ_platform::keyset::Paging;
use writ_runtime::Context;

use super::{ProductService, store};

impl Products for ProductService {
    async fn list_products(
        &self,
        _: &Context<()>,
        request: ListProductsRequest,
    ) -> Result<ListProductsResponse, ListProductsError> {
        let paging = Paging::open(&self.cursors, store::by_sku(), filter_hash([]), &request.page)?;
        let rows = store::list(&self.pool, &paging).await?;
        Ok(rows.page(|product| product).into())
    }

    async fn get_product(
        &self,
        _: &Context<()>,
        request: GetProductRequest,
    ) -> Result<GetProductResponse, GetProductError> {
        let body = store::find(&self.pool, &request.sku).await?.ok_or_else(|| NotFound::new("product"))?;
        Ok(GetProductResponse { body })
    }
}
